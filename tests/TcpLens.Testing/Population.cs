namespace TcpLens.Testing;

/// <summary>How many sockets of which kind a <see cref="Population"/> holds.</summary>
/// <param name="Connections">Each is two ESTABLISHED sockets; one in ten is IPv6.</param>
/// <param name="HalfClosed">Each is a CLOSE_WAIT and a FIN_WAIT2, held.</param>
/// <param name="HalfOpen">Each is a SYN_SENT and a request socket in SYN_RECV.</param>
/// <param name="TimeWait">Gone 60 s after the start.</param>
public readonly record struct PopulationSize(int Connections, int HalfClosed = 0, int HalfOpen = 0, int TimeWait = 0);

/// <summary>Many real sockets in a namespace, held by worker processes of at most 18,000 descriptors each (bench/peers/conngen.c).</summary>
public sealed class Population : IDisposable
{
    private readonly BackgroundProcess _holder;

    private Population(BackgroundProcess holder) => _holder = holder;

    public int Pid => _holder.Id;

    /// <summary>
    /// Returns when every socket stands. Beside those that were asked for there are listeners: five for each worker process
    /// (9,000 connections), and one more for half-open connections. It ends by itself after ten minutes.
    /// </summary>
    public static Population Start(TestNamespace ns, PopulationSize size)
    {
        ArgumentNullException.ThrowIfNull(ns);
        Prepare(ns);
        var population = new Population(BackgroundProcess.Start(
            ns, NativeProgram.Build("conngen"), "-n", $"{size.Connections}", "-h", $"{size.HalfClosed}", "-s", $"{size.HalfOpen}", "-T", "600"));
        if (size.TimeWait > 0)
        {
            try
            {
                ns.Execute(NativeProgram.Build("twgen"), $"{size.TimeWait}").EnsureSuccess();
            }
            catch
            {
                population.Dispose();
                throw;
            }
        }

        return population;
    }

    public void Dispose() => _holder.Dispose();

    private static void Prepare(TestNamespace ns)
    {
        ns.SetSysctl("net.ipv4.ip_local_port_range", "1024 65535");
        ns.SetSysctl("net.ipv4.tcp_max_tw_buckets", "400000");
        ns.SetSysctl("net.core.somaxconn", "65535");
        ns.SetSysctl("net.ipv4.tcp_syncookies", "0");
        ns.SetSysctl("net.ipv4.tcp_max_syn_backlog", "65536");
        ns.SetSysctl("net.ipv4.tcp_syn_retries", "127");
        ns.SetSysctl("net.ipv4.tcp_synack_retries", "255");

        // On the way in: dropped on the way out, a repeated SYN-ACK is an error to its sender, which then gives the request socket up.
        ns.LoadFirewall("""
            add table inet population
            add chain inet population input { type filter hook input priority 0; }
            add rule inet population input tcp sport 6666 tcp flags & (syn | ack) == (syn | ack) drop
            """);
    }
}
