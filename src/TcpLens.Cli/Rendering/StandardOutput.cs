using TcpLens.Linux;

namespace TcpLens.Cli.Rendering;

/// <summary>
/// The one way data leaves: 64 KiB at a time by write(2). A reader that has gone (<c>tcplens list | head -1</c>) ends the command
/// quietly; anything else that stops the writing is an error with a sentence.
/// </summary>
internal sealed class StandardOutput(OutputDescriptor descriptor) : Utf8Writer(Capacity)
{
    /// <summary>A pipe holds 64 KiB (pipe(7)), so one write fills one and wakes the reader once.</summary>
    private const int Capacity = 64 * 1024;

    private const int BadDescriptor = 9;       // EBADF
    private const int BrokenPipe = 32;         // EPIPE

    private bool _isChecked;

    public StandardOutput()
        : this(OutputDescriptor.StandardOutput)
    {
    }

    /// <summary>Sends what has gathered: at the end of a command, and after every record of a stream.</summary>
    /// <exception cref="OutputClosedException">The reader has gone.</exception>
    /// <exception cref="SystemCallException">Nothing can be written: no standard output, no space, …</exception>
    public void Flush()
    {
        if (Used == 0)
        {
            return;
        }

        if (!_isChecked && !descriptor.IsInherited)
        {
            throw Failure(BadDescriptor);
        }

        _isChecked = true;
        int count = Used;
        Used = 0;
        switch (descriptor.Write(Buffer.AsSpan(0, count)))
        {
            case 0:
                return;
            case BrokenPipe:
                throw new OutputClosedException();
            case var errno:
                throw Failure(errno);
        }
    }

    protected override void MakeRoom(int size)
    {
        Flush();
        if (size > Buffer.Length)
        {
            Buffer = GC.AllocateUninitializedArray<byte>(size);
        }
    }

    private static SystemCallException Failure(int errno) => new("write to standard output", errno, errno == BadDescriptor
        ? "it was closed when tcplens started; send it to a file or to /dev/null"
        : "check where the output goes, and the space left there");
}

/// <summary>Whoever read our output has stopped reading: not an error, there is just nothing left to do (exit status 0).</summary>
internal sealed class OutputClosedException : Exception
{
    public OutputClosedException()
        : base("the reader of standard output has gone")
    {
    }

    public OutputClosedException(string message)
        : base(message)
    {
    }

    public OutputClosedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
