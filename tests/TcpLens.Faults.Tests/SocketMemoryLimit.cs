namespace TcpLens.Faults.Tests;

/// <summary>A memory cgroup (v1) with a limit on TCP's socket memory; sockets that a member makes from then on count in it.</summary>
public sealed class SocketMemoryLimit : IDisposable
{
    private const string Root = "/sys/fs/cgroup/memory";

    private static int _created;

    private readonly string _folder = $"{Root}/tcplens-{Environment.ProcessId}-{Interlocked.Increment(ref _created)}";

    public SocketMemoryLimit(long octets)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText($"{_folder}/memory.kmem.tcp.limit_in_bytes", $"{octets}");
    }

    public static bool IsAvailable => File.Exists($"{Root}/memory.kmem.tcp.limit_in_bytes");

    public void Add(int pid) => File.WriteAllText($"{_folder}/cgroup.procs", $"{pid}");

    /// <summary>Its members, which are about to end, go back to the root; the folder of a cgroup is removed when nobody is in it.</summary>
    public void Dispose()
    {
        foreach (string pid in File.ReadAllLines($"{_folder}/cgroup.procs"))
        {
            File.WriteAllText($"{Root}/cgroup.procs", pid);
        }

        Until.True(IsRemoved, $"{_folder} must go");
    }

    private bool IsRemoved()
    {
        try
        {
            Directory.Delete(_folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
