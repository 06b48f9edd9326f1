"""What readers of records share: dates, ages, phases, ids, terms."""
