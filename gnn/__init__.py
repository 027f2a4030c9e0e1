"""From a snapshot to tensors, models and predictions. Knows neither HTTP nor the store's write path."""
