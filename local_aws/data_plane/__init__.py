"""The data host: RDS, Secrets Manager, ECS and application autoscaling, real where it counts.

Databases are PostgreSQL servers, tasks are processes of the booking app, load balancers are processes that forward
HTTP. Behind moto's HTTP protocol, so that any AWS client speaks to them.
"""
