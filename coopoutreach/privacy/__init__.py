"""What is kept of people, why and for how long; and what they may ask for."""
