using System.Diagnostics;

namespace TcpLens.Testing.Tests;

public sealed class HostileTests
{
    [RootFact]
    public void A_locked_socket_stops_whoever_asks_for_tcp_info_and_no_one_else()
    {
        using var ns = new TestNamespace();
        using var holder = new SocketLockHolder(ns);
        string plain = new CommandRun("ss", "-tnHe") { Namespace = ns }.Execute().EnsureSuccess().Output;
        Assert.Contains($"127.0.0.1:{holder.LocalPort}", plain);
        Assert.Contains($"ino:{holder.Inode} ", plain);

        using Process asking = ns.Run(() => Process.Start(new ProcessStartInfo("ss", ["-tniH"]) { UseShellExecute = false, RedirectStandardOutput = true })!);
        Until.True(() => File.ReadAllText($"/proc/{asking.Id}/stat").Split(") ")[1][0] == 'D', "ss -i must wait for the lock");
        holder.Dispose();

        Assert.True(asking.WaitForExit(Until.Patience), "ss must go on when the lock is released");
    }

    [RootFact]
    public void A_process_can_be_named_in_escape_sequences()
    {
        using var ns = new TestNamespace();
        using BackgroundProcess evil = HostileProcess.Named(HostileProcess.EscapeSequences, ns);

        Assert.Equal(HostileProcess.EscapeSequences + "\n", File.ReadAllText($"/proc/{evil.Id}/comm"));
        string port = evil.Greeting.Split(' ', '=')[2];
        Assert.Contains($"127.0.0.1:{port} ", ns.Execute("ss", "-tlnH").Output);
    }

    [RootFact]
    public void A_process_can_hold_as_many_descriptors_as_the_limit_allows()
    {
        using var ns = new TestNamespace();
        using BackgroundProcess greedy = HostileProcess.WithDescriptors(20_000, ns);

        int held = Directory.EnumerateFileSystemEntries($"/proc/{greedy.Id}/fd").Count();

        Assert.EndsWith($"descriptors={held}", greedy.Greeting);
        Assert.InRange(held, 1_000, 20_000);
    }

    [RootFact]
    public void A_population_has_the_states_that_were_asked_for()
    {
        using var ns = new TestNamespace();
        using var population = Population.Start(ns, new PopulationSize(Connections: 200, HalfClosed: 30, HalfOpen: 20, TimeWait: 40));

        string[] lines = ns.Execute("ss", "-tanH").Lines;
        string counts = string.Join(' ', lines.CountBy(line => line.Split(' ')[0]).OrderBy(count => count.Key).Select(count => $"{count.Key}={count.Value}"));

        Assert.Equal("CLOSE-WAIT=30 ESTAB=400 FIN-WAIT-2=30 LISTEN=6 SYN-RECV=20 SYN-SENT=20 TIME-WAIT=40", counts);
    }
}
