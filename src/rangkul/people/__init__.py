"""Persons, their sourced identity claims and relations."""
