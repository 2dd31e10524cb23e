namespace TcpLens.Capture;

/// <summary>Ports that a server is likely to listen on: those below 1024, and some above that are well known for it.</summary>
internal static class ServerPorts
{
    private const int WellKnown = 1024;

    public static bool Contains(ushort port) => port is > 0 and < WellKnown || port switch
    {
        1080 or 1433 or 1521 or 1883 or 2049 or 2181 or 2811 or 3128 or 3268 or 3306 or 3389 => true,
        5060 or 5061 or 5222 or 5223 or 5269 or 5432 or 5672 or 5900 => true,
        6379 or (>= 6666 and <= 6669) or 8000 or 8008 or 8080 or 8443 or 8888 or 9092 or 9200 or 11211 or 20000 or 27017 => true,
        _ => false,
    };
}
