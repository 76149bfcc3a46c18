"""Where each user starts: the coordination's board, «Mi cooperativa», «Mesa»."""
