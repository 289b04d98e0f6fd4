"""What is read of files: who may see and change them, how much room they take, what is due to go."""
