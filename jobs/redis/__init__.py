"""What goes over Redis, and may be lost: announcements and rings."""
