"""The one exception of this package."""


class DumpError(Exception):
    """A graph that has no dump, or a dump that gives no graph; the message says where and why."""
