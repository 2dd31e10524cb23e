namespace TcpLens.Diagnosis;

/// <summary>A service that is mostly meant for its own machine or network.</summary>
/// <param name="Name">What usually listens there.</param>
/// <param name="AsksWhoYouAre">False when it serves anybody who can connect, as it comes.</param>
internal sealed record LocalService(string Name, bool AsksWhoYouAre)
{
    /// <summary>By port. A program can listen on any port, so a match is likely and not certain.</summary>
    private static readonly Dictionary<ushort, LocalService> ByPort = new()
    {
        [1433] = new("Microsoft SQL Server", true),
        [1521] = new("Oracle Database", true),
        [2181] = new("ZooKeeper", false),
        [2375] = new("Docker without TLS", false),
        [2379] = new("etcd", false),
        [2380] = new("etcd, between members", false),
        [3306] = new("MySQL or MariaDB", true),
        [4369] = new("Erlang port mapper", false),
        [5005] = new("Java debugger (JDWP)", false),
        [5432] = new("PostgreSQL", true),
        [5672] = new("RabbitMQ", true),
        [5858] = new("Node.js debugger", false),
        [5984] = new("CouchDB", true),
        [6379] = new("Redis or Valkey", false),
        [6443] = new("Kubernetes API", true),
        [7199] = new("Cassandra JMX", false),
        [8086] = new("InfluxDB", true),
        [8500] = new("Consul", false),
        [9042] = new("Cassandra", true),
        [9200] = new("Elasticsearch or OpenSearch", false),
        [9229] = new("Node.js debugger", false),
        [9300] = new("Elasticsearch, between nodes", false),
        [10250] = new("kubelet", true),
        [10255] = new("kubelet, read-only", false),
        [11211] = new("memcached", false),
        [15672] = new("RabbitMQ management", true),
        [27017] = new("MongoDB", false),
    };

    public static LocalService? At(ushort port) => ByPort.GetValueOrDefault(port);
}
