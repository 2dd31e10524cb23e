namespace TcpLens.Linux;

/// <summary>Where the memory of changes is, and the file that makes them last.</summary>
/// <param name="Root">What stands before /var and /etc; empty for this machine.</param>
public sealed record TunePaths(string Root = "")
{
    /// <summary>The file under /etc/sysctl.d that belongs to tune, as it is named there whatever the root.</summary>
    public const string DropInName = "/etc/sysctl.d/90-tcplens.conf";

    public string Journal => Root + "/var/lib/tcplens/tune.journal";

    public string Lock => Root + "/var/lib/tcplens/tune.lock";

    public string DropIn => Root + DropInName;
}
