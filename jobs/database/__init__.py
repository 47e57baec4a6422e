"""One door to SQL: its functions as methods, over PostgreSQL or over Supabase's REST."""
