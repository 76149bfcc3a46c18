"""What a talk asks those who register, and what they answer."""
