"""Where the house is wired: settings, addresses, followers of news, providers of facts."""
