"""Who owns the wire: we ask QuickBooks, or QuickBooks polls us."""
