"""What an article says: claims, events, times and places."""
