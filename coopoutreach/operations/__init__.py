"""What whoever runs the application needs: demonstration, backups, examination."""
