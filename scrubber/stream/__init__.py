"""The worker: claims from Kafka to Kafka; the only room with faust and aiokafka."""
