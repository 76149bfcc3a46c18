"""Calendar addresses that programs subscribe to."""
