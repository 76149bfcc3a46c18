"""Who there is: accounts, people, cooperatives and institutions."""
