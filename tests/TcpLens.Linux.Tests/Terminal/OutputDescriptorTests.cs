using System.IO.Pipes;

namespace TcpLens.Linux.Tests;

public sealed class OutputDescriptorTests
{
    private const int BrokenPipe = 32;
    private const int NoSpace = 28;

    [Fact]
    public void A_pipe_whose_reader_has_gone_answers_EPIPE()
    {
        using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        using (new AnonymousPipeClientStream(PipeDirection.In, writer.ClientSafePipeHandle))
        {
            writer.DisposeLocalCopyOfClientHandle();
        }

        var descriptor = new OutputDescriptor((int)writer.SafePipeHandle.DangerousGetHandle());
        Assert.Equal(BrokenPipe, descriptor.Write("hello"u8));
    }

    [Fact]
    public void A_full_device_answers_ENOSPC()
    {
        using FileStream full = File.OpenWrite("/dev/full");
        Assert.Equal(NoSpace, new OutputDescriptor((int)full.SafeFileHandle.DangerousGetHandle()).Write("hello"u8));
    }

    [Fact]
    public async Task What_is_larger_than_a_pipe_arrives_whole()
    {
        byte[] sent = new byte[1_000_000];
        new Random(1).NextBytes(sent);
        using var writer = new AnonymousPipeServerStream(PipeDirection.Out);
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, writer.ClientSafePipeHandle);
        var received = new MemoryStream();
        Task reading = reader.CopyToAsync(received, TestContext.Current.CancellationToken);

        Assert.Equal(0, new OutputDescriptor((int)writer.SafePipeHandle.DangerousGetHandle()).Write(sent));
        writer.Dispose();
        await reading;
        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public void What_the_runtime_opened_is_not_taken_for_a_descriptor_the_starter_gave()
    {
        using FileStream own = File.OpenWrite("/dev/null");
        Assert.False(new OutputDescriptor((int)own.SafeFileHandle.DangerousGetHandle()).IsInherited);
        Assert.False(new OutputDescriptor(number: 1_000_000).IsInherited);
    }

    [Fact]
    public void A_file_is_no_terminal_and_has_no_width()
    {
        using FileStream file = File.OpenWrite("/dev/null");
        var descriptor = new OutputDescriptor((int)file.SafeFileHandle.DangerousGetHandle());
        Assert.False(descriptor.IsTerminal);
        Assert.Null(descriptor.Columns);
    }
}
