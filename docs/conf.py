"""How `make docs` builds the documentation."""

project = "Vestnik"
author = "The Vestnik founders"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "Vestnik"
exclude_patterns = ["decisions/README.md"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
default_role = "code"
# Pages link to files of the repository that are no pages, such as the licence.
suppress_warnings = ["myst.xref_missing"]
