namespace TcpLens.Testing;

/// <summary>Signals to a process that the test started itself.</summary>
public static class Signals
{
    /// <summary>What Ctrl-C sends.</summary>
    public static void Interrupt(int pid) => Send(pid, Libc.SIGINT);

    public static void Terminate(int pid) => Send(pid, Libc.SIGTERM);

    /// <summary>What nobody survives.</summary>
    public static void Kill(int pid) => Send(pid, Libc.SIGKILL);

    /// <summary>The process stands still; what it holds, sockets too, stays as it is.</summary>
    public static void Stop(int pid) => Send(pid, Libc.SIGSTOP);

    public static void Continue(int pid) => Send(pid, Libc.SIGCONT);

    /// <summary>A process that is already gone is no error.</summary>
    private static void Send(int pid, int signal) => _ = Libc.kill(pid, signal);
}
