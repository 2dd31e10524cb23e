using System.IO.Pipes;
using System.Text;
using TcpLens.Linux;

namespace TcpLens.Cli.Tests.Rendering;

/// <summary>A pipe whose writing end looks as it does after <c>program | reader</c>: not close-on-exec.</summary>
internal sealed class InheritedPipe : IDisposable
{
    private readonly AnonymousPipeServerStream _reader = new(PipeDirection.In, HandleInheritability.Inheritable);

    public OutputDescriptor Descriptor => new((int)_reader.ClientSafePipeHandle.DangerousGetHandle());

    public async Task<string> ReadAsync()
    {
        using var text = new StreamReader(_reader, Encoding.UTF8, leaveOpen: true);
        return await text.ReadToEndAsync();
    }

    public void CloseWriter() => _reader.DisposeLocalCopyOfClientHandle();

    public void CloseReader() => _reader.SafePipeHandle.Dispose();

    public void Dispose() => _reader.Dispose();
}
