"""Reports: tables, charts and key figures in a page that needs nothing but a browser."""
