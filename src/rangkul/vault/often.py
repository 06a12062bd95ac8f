"""Questions that are asked often: Django writes their SQL once, afterwards only the values change.

Building a query set and compiling it costs several times what SQLite needs to answer it. A function marked ``@often``
returns a query set; it is called once per shape with markers in the places of its values, and its SQL is kept.

    @often
    def _notes(case_id: UUID) -> Any:
        return CaseNote.objects.filter(case_id=case_id).values_list("written_at", "pk")

    rows = _notes(case.pk)  # a list

Positional arguments are values (UUID, text, number, date, moment; never None), or a list of them for ``__in`` (its SQL is kept
for 1, 2, 4, 8 … values, the last one repeated); a member counts as three values (officer, post, agency) with role and areas
as shape. Keyword arguments are shape: whatever changes the SQL itself must be one of them, for instance
``table=permission_table()`` where a scope is compiled in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, wraps
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ValuesListIterable
from django.db.models.signals import post_init, pre_init
from django.db.models.sql import UpdateQuery

from rangkul.domain.policy import ActingMember

Adapt: TypeAlias = Callable[[Any], Any]
NOBODY: Final = UUID(int=0)
"""The built-in post has no officer: no row is its own."""
_MOST: Final = 1024
_COLUMNS: Final = (ValuesListIterable, FlatValuesListIterable)
_kept: dict[Any, _Asked | None] = {}
_told: ContextVar[dict[Any, list[Any]] | None] = ContextVar("told", default=None)
View = TypeVar("View", bound=Callable[..., Any])


class NotAValue(TypeError):
    """This value has no marker: give it as a keyword, as part of the shape."""


def often(make: Callable[..., Any]) -> Callable[..., list[Any]]:
    """Let a function that returns a query set answer with its rows, compiled once per shape."""

    @wraps(make)
    def ask(*values: Any, **shape: Any) -> list[Any]:  # noqa: ANN401 - whatever the question takes
        database = connections[DEFAULT_DB_ALIAS]
        asked, flat = _found(make, values, shape, database)
        if asked is None:
            return []
        told = _told.get()
        if told is None:
            return asked.rows(flat, database)
        key = (asked, *flat)
        if key not in told:
            told[key] = asked.rows(flat, database)
        return list(told[key])

    return ask


def asked_once(view: View) -> View:
    """Let a page that only reads ask each kept question once: rooms ask the same of a case without knowing each other.

    Nothing that is written while the page is made is told in it; a look that leaves an event may.
    """

    @wraps(view)
    def inner(*args: Any, **facts: Any) -> Any:  # noqa: ANN401 - any view
        token = _told.set({})
        try:
            return view(*args, **facts)
        finally:
            _told.reset(token)

    return cast("View", inner)


def often_set(make: Callable[..., tuple[Any, dict[str, Any]]]) -> Callable[..., int]:
    """Let a function that returns a query set and what to set in its rows set it; the answer is how many they were."""

    @wraps(make)
    def change(*values: Any, **shape: Any) -> int:  # noqa: ANN401 - whatever the change takes
        database = connections[DEFAULT_DB_ALIAS]
        asked, flat = _found(make, values, shape, database)
        if asked is None:
            return 0
        with database.cursor() as cursor:
            cursor.execute(asked.sql, asked.filled(flat))
            count: int = cursor.rowcount
        return count

    return change


def _found(
    make: Callable[..., Any],
    values: tuple[Any, ...],
    shape: dict[str, Any],
    database: Any,  # noqa: ANN401
) -> tuple[_Asked | None, list[Any]]:
    """The kept question of this shape, and its values one by one."""
    flat: list[Any] = []
    form: list[Any] = []
    for value in values:
        if isinstance(value, ActingMember):
            flat += (value.id or NOBODY, value.post_id, value.agency)
            form.append((ActingMember, value.role, value.areas))
        elif isinstance(value, list):
            width = 1 << (len(value) - 1).bit_length() if value else 0
            flat += value + value[-1:] * (width - len(value))
            form.append((list, type(value[0]) if value else None, width))
        else:
            flat.append(value)
            form.append(type(value))
    key = (make, database.vendor, *form, *shape.items())
    try:
        return _kept[key], flat
    except KeyError:
        asked = _compiled(make, form, shape)
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[key] = asked
        return asked, flat


def _compiled(make: Callable[..., Any], form: list[Any], shape: dict[str, Any]) -> _Asked | None:
    """The question with its SQL; None when no value can make it find anything."""
    markers = _Markers()
    # Whatever is asked while the question is made would be asked about a marker, and its answer kept for everybody.
    with connections[DEFAULT_DB_ALIAS].execute_wrapper(_asks_while_made):
        rows = make(*[markers.argument(each) for each in form], **shape)
    rows, new = rows if isinstance(rows, tuple) else (rows, None)
    if rows._prefetch_related_lookups or rows._known_related_objects:
        raise NotAValue(f"{make.__qualname__}: only what one query reads")
    query = rows.query
    if new is not None:
        query = query.chain(UpdateQuery)
        query.add_update_values(new)
    compiler = query.get_compiler(using=rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = markers.places(params)
    if not markers.needed <= {n for _, n, _ in places}:
        raise NotAValue(f"{make.__qualname__}: a value does not stand in the SQL as it was given")
    if new is None:
        _make_quickly(compiler.klass_info)
    fields = [] if new is not None else [column[0] for column in compiler.select[: compiler.col_count]]
    converters = _quicker(compiler.get_converters(fields), compiler.connection)
    kind = rows._iterable_class
    is_columns = kind in _COLUMNS and not compiler.has_extra_select and new is None
    is_flat = kind is FlatValuesListIterable
    return _Asked(rows, compiler, sql, tuple(params), places, converters, is_columns, is_flat)


def _quicker(converters: dict[int, Any], database: Any) -> dict[int, Any]:  # noqa: ANN401 - Django's connection
    """The same converters of columns; SQLite's text of a UUID or a moment in UTC is read without Django's detours."""
    if database.vendor != "sqlite" or str(database.timezone) != "UTC":
        return converters
    known = {
        database.ops.convert_uuidfield_value: _uuid,
        database.ops.convert_datetimefield_value: _moment,
    }
    return {
        at: ([known.get(each, each) for each in each_column], expression)
        for at, (each_column, expression) in converters.items()
    }


def _uuid(value: str | None, _expression: Any, _database: Any) -> UUID | None:  # noqa: ANN401 - Django's signature
    return _uuid_of(value)


@lru_cache(maxsize=8192)
def _uuid_of(value: str | None) -> UUID | None:
    """Keys come again on every page: those of posts in each of its rows."""
    return UUID(int=int(value, 16)) if value is not None else None


def _moment(value: Any, _expression: Any, _database: Any) -> datetime | None:  # noqa: ANN401 - Django's signature
    return _moment_of(value)


@lru_cache(maxsize=8192)
def _moment_of(value: str | datetime | None) -> datetime | None:
    if value is None:
        return None
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


_ALONE: Final[dict[Any, Callable[[Any], Any]]] = {_uuid: _uuid_of, _moment: _moment_of}
"""Converters that need neither the expression nor the database."""


class _Quick:
    """Stands for a model where Django's readers make rows of it: as ``from_db``, without ``Model.__init__`` between.

    What a field is not given stays to be asked for, as Django leaves it. Nobody listens to the making of our models.
    """

    def __init__(self, model: type[Model]) -> None:
        self._meta, self._model = model._meta, model

    def from_db(self, db: str, names: Iterable[str], values: Iterable[Any]) -> Model:
        """A row as its model object."""
        made = self._model.__new__(self._model)
        own = made.__dict__
        own.update(zip(names, values, strict=True))
        state = own["_state"] = ModelState()
        state.db, state.adding = db, False
        return made


def _make_quickly(read: dict[str, Any] | None) -> None:
    """Let Django's readers make this model and those read beside it in the quick way, where the two are the same."""
    if read is None:
        return
    model = read["model"]
    is_plain = model.__init__ is Model.__init__ and _own(model.from_db) is _own(Model.from_db)
    if is_plain and not (pre_init.has_listeners(model) or post_init.has_listeners(model)):
        read["model"] = _Quick(model)
    for beside in read.get("related_klass_infos", ()):
        _make_quickly(beside)


def _own(method: Any) -> Any:  # noqa: ANN401 - a method of a class
    return method.__func__


def _converted(rows: Iterable[Any], converters: dict[int, Any], database: Any) -> list[Any]:  # noqa: ANN401
    """Rows with their columns converted where Django would, column by column."""
    found = list(rows)
    if not converters or not found:
        return found
    columns: list[Any] = list(zip(*found, strict=True))
    for at, (convert, expression) in converters.items():
        for each in convert:
            alone = _ALONE.get(each)
            if alone is not None:
                columns[at] = map(alone, columns[at])
            else:
                columns[at] = [each(value, expression, database) for value in columns[at]]
    return list(zip(*columns, strict=True))


def _asks_while_made(*_asked: Any) -> Any:  # noqa: ANN401
    raise NotAValue(
        "a question asked often asks the database while it is made; give it the answer as a value"
    )


class _Markers:
    """Values that stand for the values to come, known again in the parameters of the SQL."""

    def __init__(self) -> None:
        self.flat: list[Any] = []
        self.needed: set[int] = set()

    def argument(self, form: Any) -> Any:  # noqa: ANN401 - what the question takes in this place
        """A marker of this form, a list of them, or a member made of them."""
        if not isinstance(form, tuple):
            return self._one(form)
        if form[0] is list:
            return [self._one(form[1]) for _ in range(form[2])]
        # The rest of a member never stands in SQL; officer, post and agency only where the scope asks for them.
        officer, post = self._one(UUID, needed=False), self._one(UUID, needed=False)
        agency = self._one(str, needed=False)
        return ActingMember(officer, None, "", post, "", "", agency, form[1], form[2])

    def _one(self, kind: type, *, needed: bool = True) -> Any:  # noqa: ANN401
        n = len(self.flat)
        if kind is UUID:
            marker: Any = UUID(int=(0xFEED << 112) + n)
        elif kind is str:
            marker = f"\ue000{n}\ue000"
        elif kind is int:
            # Small enough for every width of column: what cannot be in a column, Django leaves out of the SQL.
            marker = 32_000 + n
        elif kind is datetime:
            marker = datetime(1901, 1, 1, n // 60, n % 60, tzinfo=UTC)
        elif kind is date:
            marker = date.fromordinal(date(1901, 1, 1).toordinal() + n)
        else:
            raise NotAValue(kind.__name__)
        self.flat.append(marker)
        if needed:
            self.needed.add(n)
        return marker

    def places(self, params: Iterable[Any]) -> tuple[tuple[int, int, Adapt], ...]:
        """Which marker stands at which parameter, and how a value is adapted to stand in its place."""
        known = {}
        for n, marker in enumerate(self.flat):
            for adapt in reversed(_adapters(marker)):
                adapted = adapt(marker)
                known[type(adapted), adapted] = (n, adapt)
        found = ((at, _place(known, given)) for at, given in enumerate(params) if _is_plain(given))
        return tuple((at, *place) for at, place in found if place is not None)


def _place(known: dict[Any, tuple[int, Adapt]], given: Any) -> tuple[int, Adapt] | None:  # noqa: ANN401
    if isinstance(given, int):
        # PostgreSQL's driver is told the width of a number by a type of its own.
        place = known.get((int, int(given)))
        return place and (place[0], type(given))
    return known.get((type(given), given))


def _is_plain(given: Any) -> bool:  # noqa: ANN401
    return isinstance(given, (str, UUID, date, int)) and not isinstance(given, bool)


def _adapters(marker: Any) -> tuple[Adapt, ...]:  # noqa: ANN401
    ops = connections[DEFAULT_DB_ALIAS].ops
    if isinstance(marker, UUID):
        return (_same, _hex)
    if isinstance(marker, datetime):
        return (_same, ops.adapt_datetimefield_value)
    if isinstance(marker, date):
        return (_same, ops.adapt_datefield_value)
    return (_same,)


def _same(value: Any) -> Any:  # noqa: ANN401
    return value


def _hex(value: UUID) -> str:
    return value.hex


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Asked:
    """A compiled question."""

    made: Any
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int, Adapt], ...]
    converters: Any
    is_columns: bool
    is_flat: bool

    def filled(self, values: list[Any]) -> tuple[Any, ...]:
        """The parameters of its SQL with these values."""
        params = list(self.params)
        for at, n, adapt in self.places:
            params[at] = adapt(values[n])
        return tuple(params)

    def rows(self, values: list[Any], database: Any) -> list[Any]:  # noqa: ANN401 - Django's connection
        """Its answer with these values: models or tuples, as the query set says."""
        params = self.filled(values)
        if self.is_columns:
            return self._columns(params, database)
        compiler = copy(self.compiler)
        # Another thread may have compiled it: the answer comes over this thread's own connection.
        compiler.connection = database
        compiler.as_sql = lambda *_a, **_k: (self.sql, params)
        compiler.get_converters = lambda _fields: self.converters
        compiler.apply_converters = lambda rows, converters: _converted(rows, converters, database)
        return list(self.made._iterable_class(_Again(self.made, compiler)))

    def _columns(self, params: tuple[Any, ...], database: Any) -> list[Any]:  # noqa: ANN401 - Django's connection
        """Columns without a compiler between: what the cursor gives, converted where Django would."""
        with database.cursor() as cursor:
            cursor.execute(self.sql, params)
            found = _converted(cursor.fetchall(), self.converters, database)
        return [row[0] for row in found] if self.is_flat else found


class _Again:
    """As much of a query set as Django's row readers look at, with the kept compiler behind it."""

    def __init__(self, made: Any, compiler: Any) -> None:  # noqa: ANN401 - Django's own
        self.db, self.model, self._fields = made.db, made.model, made._fields
        self._known_related_objects: dict[Any, Any] = {}
        self._made, self._compiler = made, compiler

    @property
    def query(self) -> _Again:
        """Both the set and its query."""
        return self

    def get_compiler(self, using: str | None = None) -> Any:  # noqa: ANN401, ARG002 - Django's signature
        """The kept one."""
        return self._compiler

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._made.query, name)
