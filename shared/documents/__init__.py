"""Printed forms: typst templates, content as data, the same bytes from the same content.

A service keeps its templates in one folder and its forms' content in one file each; numbers and hashes are rows of its
own. Content is handed over as JSON and set as text: nothing in it can be markup, whatever an owner is called.
"""

from shared.documents.render import Template, content_hash, render

__all__ = ["Template", "content_hash", "render"]
