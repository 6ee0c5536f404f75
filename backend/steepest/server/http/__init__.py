"""The HTTP routes: the page, the catalog, exports, uploads and weights."""
