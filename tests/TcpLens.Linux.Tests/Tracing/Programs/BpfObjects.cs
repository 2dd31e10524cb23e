using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Programs, links and maps of BPF that a process holds by descriptors, by the kernel's numbers for them.</summary>
internal sealed class BpfObjects
{
    private const int ProgramById = 13;   // BPF_PROG_GET_FD_BY_ID
    private const int MapById = 14;       // BPF_MAP_GET_FD_BY_ID
    private const int LinkById = 30;      // BPF_LINK_GET_FD_BY_ID

    private readonly List<(int Command, uint Number)> _all = [];

    public int Count => _all.Count;

    public int Programs => _all.Count(static one => one.Command == ProgramById);

    public int Links => _all.Count(static one => one.Command == LinkById);

    public int Maps => _all.Count(static one => one.Command == MapById);

    /// <summary>Those that the kernel still has: it takes them away a moment after the last handle.</summary>
    public int Left => _all.Count(static one => Exists(one.Command, one.Number));

    public static BpfObjects Of(int pid)
    {
        BpfObjects objects = new();
        foreach (string file in Directory.GetFiles($"/proc/{pid}/fdinfo"))
        {
            objects.Add(file);
        }

        return objects;
    }

    public BpfObjects Except(BpfObjects other)
    {
        BpfObjects rest = new();
        rest._all.AddRange(_all.Except(other._all));
        return rest;
    }

    private void Add(string file)
    {
        try
        {
            // A link's file names its program too: that one has a file of its own.
            string[] lines = File.ReadAllLines(file);
            foreach ((string name, int command) in ((string, int)[])[("link_id:\t", LinkById), ("prog_id:\t", ProgramById), ("map_id:\t", MapById)])
            {
                if (Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line)
                {
                    _all.Add((command, uint.Parse(line[name.Length..])));
                    return;
                }
            }
        }
        catch (FileNotFoundException)
        {
            // It was closed meanwhile.
        }
    }

    private static bool Exists(int command, uint number)
    {
        int bpf = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;
        uint[] attributes = new uint[32];
        attributes[0] = number;
        nint fd = syscall(bpf, command, attributes, attributes.Length * sizeof(uint));
        if (fd < 0)
        {
            return false;
        }

        new SafeFileHandle(fd, ownsHandle: true).Dispose();
        return true;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern nint syscall(nint number, nint command, uint[] attributes, nint size);
}
