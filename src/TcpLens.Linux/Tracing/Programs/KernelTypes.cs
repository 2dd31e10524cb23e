namespace TcpLens.Linux;

/// <summary>The kernel's types as tracing programs need them: what is missing is an exception with the name, caught where a program is optional.</summary>
internal sealed class KernelTypes(BtfFile btf)
{
    /// <summary>The way from a tcp_sock to the sock in it.</summary>
    private const string SocketOfTcp = "tcp_sock.inet_conn.icsk_inet.sk.";

    public BtfFile File => btf;

    /// <exception cref="MissingTypeException">This kernel has no such member.</exception>
    public BtfMember this[string path] => btf.Member(path) ?? throw new MissingTypeException(path);

    /// <summary>A member of struct sock, as it stands in a tcp_sock.</summary>
    public BtfMember Sock(string path) => this[SocketOfTcp + path];

    /// <summary>A member of struct sock_common, by its place in any kind of socket.</summary>
    public BtfMember Common(string name) => this["sock_common." + name];

    /// <exception cref="MissingTypeException">This kernel has no such tracepoint.</exception>
    public (uint Id, int Arguments) Tracepoint(string name) => btf.Tracepoint(name) ?? throw new MissingTypeException("the tracepoint " + name);
}

/// <summary>The running kernel lacks a type, a member or a tracepoint.</summary>
internal sealed class MissingTypeException : Exception
{
    public MissingTypeException()
        : this("a type")
    {
    }

    /// <param name="missing">What is missing.</param>
    public MissingTypeException(string missing)
        : base("this kernel has no " + missing)
    {
    }

    public MissingTypeException(string missing, Exception innerException)
        : base("this kernel has no " + missing, innerException)
    {
    }
}
