"""Pages put together from several features."""
