"""One self-contained HTML page per drill, drawn from its ``drill.json``: for a phone, for print, in light and dark.

``html`` renders and writes; ``reading`` is tolerant of what a drill could not measure; the pictures are computed in
``lanes``, ``client`` and ``parts`` and drawn by the templates, as SVG whose geometry is in per cent so that its text
keeps its size on every screen.
"""
