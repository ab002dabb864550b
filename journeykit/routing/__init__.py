"""Routing: who may be contacted, with what, through whom; every candidate ends as a lead or a drop."""
