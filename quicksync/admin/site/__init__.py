"""The pages of a site as a whole: setting up, health, history of settings, deliveries."""
