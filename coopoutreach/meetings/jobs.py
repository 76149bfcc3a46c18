"""What the scheduler does about series, meetings and polls."""
