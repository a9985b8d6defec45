"""Alerts: what is measured (``measures``), when it is told (``states``) and how (``channels``)."""
