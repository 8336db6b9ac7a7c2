"""The worker: Faust agents on Kafka that lose nothing and repeat nothing."""
