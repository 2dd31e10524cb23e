using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// How many ACKs a connection answers unacceptable segments with, each second (RFC 5961 §7). Each connection has its own budget: a
/// common one tells an attacker whether his guess hit (CVE-2016-5696).
/// </summary>
internal struct ChallengeAcks
{
    private Instant _since;
    private int _sent;

    public bool TryTake(int perSecond, Instant now)
    {
        if (now - _since >= TimeSpan.FromSeconds(1) || _sent == 0)
        {
            (_since, _sent) = (now, 0);
        }

        if (_sent >= perSecond)
        {
            return false;
        }

        _sent++;
        return true;
    }
}
