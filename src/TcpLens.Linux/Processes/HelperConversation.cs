using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Questions to a helper process, each answered before the next is asked, so that at any moment it is known what was done. A helper
/// that hangs is left behind, and the next question starts another one.
/// <code>
/// int length = helper.Ask(question, answer);   // TimeoutException: it hangs
/// </code>
/// </summary>
/// <param name="verb">What the program is started with to become the helper.</param>
/// <param name="place">The namespace it lives in; null for ours.</param>
internal sealed class HelperConversation(string verb, NetworkNamespace? place = null) : IDisposable
{
    /// <summary>Helpers to leave behind at most.</summary>
    private const int HungMax = InfoWalk.LockedMax;

    private HelperProcess? _helper;
    private SafeFileHandle? _questions;
    private int _hung;

    /// <summary>True when so many helpers hang already that no other one is started.</summary>
    public bool IsGivenUp => _hung >= HungMax;

    /// <summary>Asks, and gives the octets of the answer; 0 when the helper ended without one.</summary>
    /// <exception cref="TimeoutException">The helper hangs on this question, or too many hang already.</exception>
    /// <exception cref="SystemCallException">A helper could not be started.</exception>
    public int Ask(ReadOnlySpan<byte> question, Span<byte> answer)
    {
        if (IsGivenUp)
        {
            throw new TimeoutException();
        }

        try
        {
            Start();
            int length = TrySend(question) ? _helper!.ReadMessage(answer, GuardedNetlink.Patience) : 0;
            if (length == 0)
            {
                Dispose();
            }

            return length;
        }
        catch (TimeoutException)
        {
            _hung++;
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _questions?.Dispose();
        _questions = null;
        _helper?.Dispose();
        _helper = null;
    }

    private void Start()
    {
        if (_helper is not null)
        {
            return;
        }

        (SafeFileHandle readEnd, SafeFileHandle writeEnd) = HelperProcess.NewPipe();
        using (readEnd)
        {
            _questions = writeEnd;
            _helper = place is null or { IsOwn: true }
                ? HelperProcess.StartSelf([verb], readEnd)
                : NamespaceScope.Run(place, () => HelperProcess.StartSelf([verb], readEnd));
        }
    }

    /// <summary>False when the helper has ended. A question is shorter than a pipe is deep, so writing never waits.</summary>
    private unsafe bool TrySend(ReadOnlySpan<byte> question)
    {
        fixed (byte* start = question)
        {
            nint written;
            do
            {
                written = Libc.write((int)_questions!.DangerousGetHandle(), start, (nuint)question.Length);
            }
            while (written < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);

            return written == question.Length;
        }
    }
}
