"""The policy register: documents of every area with their editions, approved by another, read and kept up to date."""
