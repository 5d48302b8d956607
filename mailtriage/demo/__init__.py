"""The demo: ``stage`` runs the real service on an embedded server, ``show`` prints what happened."""
