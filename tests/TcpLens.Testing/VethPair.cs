using System.Net;

namespace TcpLens.Testing;

/// <summary>A cable between two namespaces.</summary>
public sealed class VethPair : IDisposable
{
    /// <summary>Name of the device on both sides.</summary>
    public const string Device = "cable0";

    private readonly TestNamespace _left;

    /// <param name="left">Has 10.66.0.1.</param>
    /// <param name="right">Has 10.66.0.2.</param>
    public VethPair(TestNamespace left, TestNamespace right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        _left = left;
        CommandRun.Run("ip", "link", "add", Device, "netns", left.Name, "type", "veth", "peer", "name", Device, "netns", right.Name).EnsureSuccess();
        SetUp(left, LeftAddress);
        SetUp(right, RightAddress);
    }

    public IPAddress LeftAddress { get; } = IPAddress.Parse("10.66.0.1");

    public IPAddress RightAddress { get; } = IPAddress.Parse("10.66.0.2");

    /// <summary>Takes the cable away, if it is still there.</summary>
    public void Dispose() => _left.Execute("ip", "link", "delete", Device);

    private static void SetUp(TestNamespace ns, IPAddress address)
    {
        // Without a link-local address IPv6 has nothing to say by itself.
        string commands = $"link set {Device} addrgenmode none\nlink set {Device} up\naddr add {address}/24 dev {Device}\n";
        new CommandRun("ip", "-batch", "-") { Namespace = ns, Input = commands }.Execute().EnsureSuccess();
    }
}
