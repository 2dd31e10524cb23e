using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Testing;

/// <summary>
/// A process of its own whose TCP sockets the test moves (native/puppet.c): a foreign owner, as the doctor meets them.
/// Sockets have names of the test's choice, at most 31 octets; where a method says "sockets", a name ending in * stands for
/// all that begin so. Whatever the kernel refuses is an <see cref="ActorException"/> with its errno, and a call that waits for
/// the network gives up after 10 s (EAGAIN; connect: EINPROGRESS).
/// </summary>
/// <example><code>
/// using var server = new Puppet(ns);
/// IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0), backlog: 8);
/// client.Connect("c", at);
/// server.Accept("s", "l");
/// client.Reset("c");
/// Assert.Equal("ECONNRESET", server.Try(s => s.Receive("s", 1)));
/// </code></example>
public sealed class Puppet : IDisposable
{
    private readonly Actor _actor;

    /// <summary>It ends when disposed, with the test's process, or after ten minutes.</summary>
    /// <param name="ns">Where to run; null: where the test runs.</param>
    public Puppet(TestNamespace? ns = null) => _actor = new Actor(ns, "puppet");

    public int Pid => _actor.Pid;

    /// <summary>The errno with which the kernel refused, such as EADDRINUSE; null when it did not.</summary>
    public string? Try(Action<Puppet> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        try
        {
            act(this);
            return null;
        }
        catch (ActorException refused)
        {
            return refused.Errno;
        }
    }

    /// <summary>SIGSTOP: its kernel sockets go on, nobody serves them. Nothing but <see cref="Continue"/> may follow.</summary>
    public void Stop()
    {
        Signals.Stop(Pid);
        Until.True(() => ProcessState() == 'T', $"process {Pid} must stop");
    }

    public void Continue() => Signals.Continue(Pid);

    /// <summary>SIGKILL. The kernel closes its sockets.</summary>
    public void Dispose() => _actor.Dispose();

    /// <summary>A socket with neither address nor port, for options that must come before.</summary>
    public void Socket(string name, AddressFamily family = AddressFamily.InterNetwork)
        => Tell($"socket {name} {(family == AddressFamily.InterNetworkV6 ? 6 : 4)}");

    /// <summary>Returns where it was bound (port 0: of the kernel's choice).</summary>
    public IPEndPoint Bind(string name, IPEndPoint at, BindOptions options = BindOptions.None)
        => End(Tell($"bind {name} {Words(at)}{Words(options)}"));

    /// <inheritdoc cref="Bind"/>
    public IPEndPoint Listen(string name, IPEndPoint at, int backlog = 16, BindOptions options = BindOptions.None)
        => End(Tell($"listen {name} {Words(at)} {backlog}{Words(options)}"));

    /// <summary>listen() once more, which is how a program changes its backlog.</summary>
    public void ListenAgain(string name, int backlog) => Tell($"listen-again {name} {backlog}");

    /// <summary>Returns the peer's end.</summary>
    public IPEndPoint Accept(string name, string listener) => End(Tell($"accept {name} {listener}"));

    /// <summary>Names are the prefix and 0, 1, 2, ….</summary>
    public void AcceptMany(string prefix, int count, string listener) => Tell($"accept-many {prefix} {count} {listener}");

    /// <summary>Waits until connected, and returns the own end.</summary>
    public IPEndPoint Connect(string name, IPEndPoint to, IPEndPoint? from = null) => End(Tell($"connect {name} {Words(to)}{From(from)}"));

    /// <summary>Sends the SYN, and does not wait for what becomes of it.</summary>
    public IPEndPoint BeginConnect(string name, IPEndPoint to, IPEndPoint? from = null)
        => End(Tell($"begin-connect {name} {Words(to)}{From(from)}"));

    /// <inheritdoc cref="AcceptMany"/>
    public void ConnectMany(string prefix, int count, IPEndPoint to, IPEndPoint? from = null)
        => Tell($"connect-many {prefix} {count} {Words(to)}{From(from)}");

    /// <summary>Sends so many octets on the sockets, and returns how many the kernel took; fewer when it took none for 10 s.</summary>
    public long Send(string sockets, long octets) => Number(Tell($"send {sockets} {octets}"));

    /// <summary>Sends until the kernel takes no more, and returns how many octets it took.</summary>
    public long SendUntilFull(string sockets) => Number(Tell($"send-until-full {sockets}"));

    /// <summary>One recv(): waits for the first octet, and returns 0 at the end of the stream.</summary>
    public long Receive(string sockets, long atMost) => Number(Tell($"receive {sockets} {atMost}"));

    /// <summary>Receives until so many octets have come, the stream ends, or nothing came for 10 s; returns how many came.</summary>
    public long ReceiveAll(string sockets, long octets) => Number(Tell($"receive {sockets} {octets} all"));

    /// <summary>One recv() that does not wait: EAGAIN when nothing is there.</summary>
    public long ReceiveNow(string sockets, long atMost) => Number(Tell($"receive {sockets} {atMost} now"));

    public void Shutdown(string sockets, SocketShutdown how) => Tell($"shutdown {sockets} {how switch
    {
        SocketShutdown.Receive => "read",
        SocketShutdown.Send => "write",
        _ => "both",
    }}");

    /// <summary>Returns how many it closed.</summary>
    public int Close(string sockets) => (int)Number(Tell($"close {sockets}"));

    /// <summary>Close with SO_LINGER {1, 0}, which sends a RST.</summary>
    public int Reset(string sockets) => (int)Number(Tell($"reset {sockets}"));

    /// <summary>
    /// Close in repair mode, which sends nothing: to the peer it is as if the machine had lost its power. Whatever arrives for the
    /// connection later is answered by a RST, as after a restart; <see cref="TestNamespace.Deafen"/> its end first, and nothing is.
    /// </summary>
    public int Vanish(string sockets) => (int)Number(Tell($"vanish {sockets}"));

    public void Set(string sockets, PuppetOption option, int value) => Tell($"option {sockets} {option.ToString().ToLowerInvariant()} {value}");

    /// <param name="sockets">Which.</param>
    /// <param name="algorithm">One of net.ipv4.tcp_available_congestion_control.</param>
    public void SetCongestionControl(string sockets, string algorithm) => Tell($"option {sockets} congestion {algorithm}");

    /// <summary>What TCP_INFO says; CLOSED once the connection has ended.</summary>
    public TcpState State(string name) => (TcpState)Number(Tell($"state {name}"));

    public void WaitFor(string name, TcpState state) => Until.True(() => State(name) == state, $"'{name}' must reach {state} and is in {State(name)}");

    /// <summary>SO_ERROR, which reading takes away: an errno, or null.</summary>
    public string? PendingError(string name) => Tell($"pending-error {name}") is [not "none" and var errno] ? errno : null;

    public uint Inode(string name) => (uint)Number(Tell($"inode {name}"));

    public IPEndPoint Local(string name) => End(Tell($"local {name}"));

    public IPEndPoint Remote(string name) => End(Tell($"remote {name}"));

    /// <summary>
    /// The number that the next octet it is given to send will have, and the next it expects. Looking puts the socket into repair
    /// mode for a moment; nothing is sent, but SO_REUSEADDR is off afterwards.
    /// </summary>
    public (SeqNum SendNext, SeqNum ReceiveNext) Sequence(string name)
    {
        string[] numbers = Tell($"sequence {name}");
        return (new SeqNum(uint.Parse(numbers[0])), new SeqNum(uint.Parse(numbers[1])));
    }

    /// <summary>The TSval that the connection would send now (RFC 7323 §3).</summary>
    public uint Timestamp(string name) => (uint)Number(Tell($"timestamp {name}"));

    /// <summary>In the background: accepts, echoes, closes when the peer does; or after its first answer.</summary>
    public void Serve(string listener, bool closesFirst = false) => Tell($"serve {listener}{(closesFirst ? " once" : "")}");

    /// <summary>In the background: reads whatever comes. At the end of the stream it stops, and does not close.</summary>
    public void Drain(string name) => Tell($"drain {name}");

    /// <summary>In the background: sends so many octets every so often, as long as the socket is there.</summary>
    public void Trickle(string name, int octets, TimeSpan every) => Tell($"trickle {name} {octets} {every.TotalMilliseconds:0}");

    /// <summary>In the background: connects, sends 64 octets, awaits their echo, closes; one after the other, so often if it can.</summary>
    public void Churn(IPEndPoint to, int perSecond, TimeSpan duration) => Tell($"churn {Words(to)} {perSecond} {duration.TotalSeconds:0}");

    /// <summary>What all churns did so far.</summary>
    public ChurnCount Churned()
    {
        string[] counts = Tell("churned");
        return new ChurnCount(long.Parse(counts[0]), long.Parse(counts[1]), counts[2] == "1");
    }

    /// <summary>RLIMIT_NOFILE, the soft limit: one above the highest descriptor it may open. 0, 1 and 2 are taken.</summary>
    public void LimitDescriptors(int limit) => Tell($"limit nofile {limit}");

    /// <summary>Opens so many files, or as many as it may, and returns how many.</summary>
    public int OpenFiles(int count) => (int)Number(Tell($"open-files {count}"));

    /// <param name="comm">At most 15 octets without a space.</param>
    public void Rename(string comm) => Tell($"name {comm}");

    private string[] Tell(string line) => _actor.Tell(line);

    private char ProcessState() => File.ReadAllText($"/proc/{Pid}/stat").Split(") ")[^1][0];

    private static long Number(string[] values) => long.Parse(values[0]);

    private static IPEndPoint End(string[] values) => new(IPAddress.Parse(values[0]), int.Parse(values[1]));

    private static string Words(IPEndPoint end) => $"{end.Address} {end.Port}";

    private static string From(IPEndPoint? end) => end is null ? "" : $" from {Words(end)}";

    private static string Words(BindOptions options)
        => options == BindOptions.None ? "" : ' ' + options.ToString().ToLowerInvariant().Replace(",", "");
}

/// <summary>What is set before bind().</summary>
[Flags]
public enum BindOptions
{
    None = 0,
    ReuseAddr = 1,
    ReusePort = 2,
    V6Only = 4,
}

/// <summary>Socket options by their names in C, without SO_ and TCP_; values as in C.</summary>
public enum PuppetOption
{
    RcvBuf,
    SndBuf,
    KeepAlive,
    KeepIdle,
    KeepIntvl,
    KeepCnt,
    UserTimeout,
    DeferAccept,
    NotSentLowAt,

    /// <summary>Seconds that close() waits; -1: off.</summary>
    Linger,
    NoDelay,
    QuickAck,
    MaxSeg,
    SynCnt,
    Linger2,
    WindowClamp,
    BindAddressNoPort,
}

/// <param name="Done">Connections whose answer came.</param>
/// <param name="Failed">Those refused, reset or unanswered.</param>
/// <param name="IsRunning">False when every churn has had its time.</param>
public readonly record struct ChurnCount(long Done, long Failed, bool IsRunning);
