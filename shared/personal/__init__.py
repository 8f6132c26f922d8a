"""What a service holds on a person: found, told and forgotten through one registry per service.

Each service lists its holders in ``services/<service>/personal/registry.py``; ticketing, which knows the people,
puts the parts of all services together, and each service forgets on ``person.erased.v1``.
"""

from shared.personal.holder import Found, Held, Holder, collect, forget, of_tables, plain, rows_of

__all__ = ["Found", "Held", "Holder", "collect", "forget", "of_tables", "plain", "rows_of"]
