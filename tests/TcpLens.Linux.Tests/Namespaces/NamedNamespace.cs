using System.Diagnostics;

namespace TcpLens.Linux.Tests.Namespaces;

/// <summary>A network namespace of the test's own, named with `ip netns` and deleted after it.</summary>
internal sealed class NamedNamespace : IDisposable
{
    public NamedNamespace()
    {
        Name = $"tlm-{Guid.NewGuid():N}"[..15];
        Ip("netns", "add", Name);
        Ip("-n", Name, "link", "set", "lo", "up");
    }

    public string Name { get; }

    public void Dispose()
    {
        if (File.Exists("/run/netns/" + Name))
        {
            Ip("netns", "delete", Name);
        }
    }

    public static void Ip(params string[] arguments) => Run("ip", arguments);

    /// <summary>Starts a process that stays in the namespace until it is disposed of.</summary>
    public Resident Inhabit() => new(Process.Start("ip", ["netns", "exec", Name, "sleep", "600"]));

    internal static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit {process.ExitCode}");
        return output;
    }

    internal sealed class Resident(Process process) : IDisposable
    {
        public int Pid => process.Id;

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
