using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Writes the history string as Zeek does, one letter for the first of each kind of segment of each end, and follows the sequence
/// numbers that this takes. What Zeek counts as a retransmission (t) or a gap (g) is not what the marks of the same name mean;
/// docs/outcomes.md says how they differ.
/// </summary>
internal readonly ref struct HistoryWriter
{
    private const ControlBits Control = ControlBits.Syn | ControlBits.Fin | ControlBits.Rst;

    /// <summary>A jump by more in a SYN or RST is taken for a wrong number, not for a megabyte that was missed.</summary>
    private const int GreatestJump = 1 << 20;

    private readonly ref readonly CapturedSegment _segment;
    private readonly ref ConnectionSlot _connection;
    private readonly ref EndTrack _sender;
    private readonly ref EndTrack _receiver;
    private readonly MarkLedger _ledger;
    private readonly ConnectionEnd _end;

    public HistoryWriter(ref readonly CapturedSegment segment, ConnectionEnd end, ref ConnectionSlot connection, MarkLedger ledger)
    {
        _segment = ref segment;
        _end = end;
        _connection = ref connection;
        _ledger = ledger;
        _sender = ref EndTracks.Of(ref connection.Track.Ends, end);
        _receiver = ref EndTracks.Of(ref connection.Track.Ends, end.Other);
    }

    public void Take()
    {
        Place();
        WriteControl();
        WriteZeroWindow();
        SeqNum acknowledged = TakeAcknowledgment();
        SeqNum highest = Advance();
        bool isPartial = _sender.Zeek == ZeekState.Partial || _receiver.Zeek == ZeekState.Partial;
        ZeekStates.Move(in _segment, _end, ref _sender, ref _receiver);
        WriteGap(acknowledged, isPartial);
        FollowHole(highest);
    }

    /// <summary>A segment that is dropped for its checksum leaves nothing but its letter.</summary>
    public void TakeBadChecksum() => WriteScaled('c', LedgerNote.BadChecksums);

    /// <summary>Where the sender's stream begins: at its SYN, or as if its SYN had come just before the first segment.</summary>
    private void Place()
    {
        bool isSyn = _segment.Has(ControlBits.Syn);
        switch (_sender.Zeek)
        {
            case ZeekState.Inactive when !isSyn:
                PlaceAt(_segment.Sequence + uint.MaxValue, _segment.Sequence);
                break;
            case ZeekState.Inactive or ZeekState.Established or ZeekState.Partial when isSyn:
            case ZeekState.SynSent or ZeekState.SynAckSent when isSyn && _segment.Sequence != _sender.Start:
            case ZeekState.Reset when isSyn && _sender.ZeekBefore == ZeekState.Inactive:
                PlaceAt(_segment.Sequence, EndOfStream);
                break;
            default:
                break;
        }

        _sender.Facts |= EndFacts.IsPlaced;
    }

    private void PlaceAt(SeqNum start, SeqNum highest)
    {
        _sender.Start = start;
        _sender.Acknowledged = start;
        _sender.Highest = highest;
    }

    /// <summary>The first number after it; the payload of a RST is no part of the stream.</summary>
    private SeqNum EndOfStream => _segment.EndSequence + (_segment.Has(ControlBits.Rst) ? 0u - _segment.PayloadLength : 0);

    private void WriteControl()
    {
        switch (_segment.Bits & Control)
        {
            case ControlBits.None when _segment.PayloadLength > 0:
                WriteOnce('d', OnceLetters.Data);
                break;
            case ControlBits.None when _segment.Has(ControlBits.Ack):
                WriteOnce('a', OnceLetters.Ack);
                break;
            case ControlBits.Syn:
                WriteSyn();
                break;
            case ControlBits.Fin:
                WriteFin();
                break;
            case ControlBits.Rst:
                WriteReset();
                break;
            case var bits when bits.Has(ControlBits.Fin | ControlBits.Rst):
                WriteOnce('i', OnceLetters.FinReset);
                break;
            case var bits when bits != ControlBits.None:
                WriteOnce('q', OnceLetters.MultiFlag);
                break;
            default:
                break;
        }
    }

    /// <summary>A SYN of another number than the stream's first is written again. It can only come after a FIN or a RST: before, it begins the stream.</summary>
    private void WriteSyn()
    {
        char letter = _segment.Has(ControlBits.Ack) ? 'h' : 's';
        if (!WriteOnce(letter, OnceLetters.Syn) && _segment.Sequence != _sender.Start)
        {
            Write(letter);
        }
    }

    private void WriteFin()
    {
        SeqNum at = _segment.Sequence + _segment.PayloadLength;
        if (!WriteOnce('f', OnceLetters.Fin) && at != _sender.FinAt)
        {
            Write('f');
        }

        _sender.FinAt = at;
    }

    /// <summary>A RST of another number than the last is written again. The last stood at the end of the stream unless the ledger knows better.</summary>
    private void WriteReset()
    {
        uint last = _ledger.Peek(Page(_end), LedgerNote.LastReset) is var noted and not 0 ? noted : _sender.Highest.Value;
        if (!WriteOnce('r', OnceLetters.Reset) && last != _segment.Sequence.Value)
        {
            Write('r');
        }

        if (last != _segment.Sequence.Value)
        {
            _ledger.Note(ref Page(_end), LedgerNote.LastReset) = _segment.Sequence.Value;
        }
    }

    /// <summary>A closed window says nothing once the other end has sent its FIN, or the sender a RST.</summary>
    private void WriteZeroWindow()
    {
        if (_segment.Window.Raw == 0 && !_segment.Has(ControlBits.Rst) && _receiver.Zeek != ZeekState.Closed && _sender.Zeek != ZeekState.Reset)
        {
            WriteScaled('w', LedgerNote.ZeroWindows);
        }
    }

    /// <summary>Takes the acknowledgment number, and gives what was acknowledged before.</summary>
    private SeqNum TakeAcknowledgment()
    {
        SeqNum before = _receiver.Acknowledged;
        if (!_segment.Has(ControlBits.Ack))
        {
            return before;
        }

        SeqNum number = _segment.Acknowledgment;
        if (_receiver.Zeek == ZeekState.Inactive)
        {
            _receiver.Start = _receiver.Acknowledged = _receiver.Highest = number + uint.MaxValue;
            _receiver.Facts |= EndFacts.IsPlaced;
            return number;
        }

        int ahead = number - before;
        bool isBroken = number.Value == 0 && ahead > GreatestJump;
        if (ahead > 0 && number - _receiver.Start >= 0 && !isBroken && !_segment.Has(ControlBits.Rst))
        {
            _receiver.Acknowledged = number;
        }

        return before;
    }

    /// <summary>Moves the highest number on, or writes that old data came; gives the highest as it was before.</summary>
    private SeqNum Advance()
    {
        SeqNum before = _sender.Highest;
        SeqNum end = EndOfStream;
        int ahead = end - before;
        bool isJump = _segment.HasAny(ControlBits.Syn | ControlBits.Rst) && Math.Abs((long)ahead) > GreatestJump;
        bool isFinAfterSyn = _segment.Has(ControlBits.Fin) && before == _sender.Start + 1;
        if (isJump)
        {
            return before;
        }

        if (isFinAfterSyn || (ahead > 0 && _sender.Zeek != ZeekState.Reset))
        {
            _sender.Highest = end;
        }
        else if (ahead <= 0 && _segment.PayloadLength > 0 && _sender.Zeek != ZeekState.Reset)
        {
            WriteScaled('t', LedgerNote.OldData);
        }

        return before;
    }

    /// <summary>An acknowledgment of what was not captured, while both ends were open or closed in order.</summary>
    private void WriteGap(SeqNum acknowledged, bool isPartial)
    {
        if (!_segment.Has(ControlBits.Ack))
        {
            return;
        }

        SeqNum until = _segment.Acknowledgment;
        if (_receiver.Has(EndFacts.SentFin) && until - _receiver.FinAt > 0)
        {
            until = _receiver.FinAt;
        }

        if (until - acknowledged <= 0)
        {
            return;
        }

        SeqNum delivered = _receiver.Has(EndFacts.HasHole) ? new(_ledger.Peek(Page(_end.Other), LedgerNote.HoleStart)) : _receiver.Highest;
        bool isFirstAck = isPartial && until - _receiver.Start <= 2;
        if (until - delivered > 0 && !isFirstAck && IsClean(in _sender) && IsClean(in _receiver))
        {
            WriteScaled('g', LedgerNote.Gaps, _end.Other);
        }

        if (_receiver.Has(EndFacts.HasHole))
        {
            MoveHole(_end.Other, ref _receiver, until);
        }
    }

    /// <summary>Remembers the first hole in the sender's stream; others that open while it is there are not followed.</summary>
    private void FollowHole(SeqNum highest)
    {
        if (_segment.PayloadLength == 0 || _segment.Has(ControlBits.Rst))
        {
            return;
        }

        SeqNum from = _segment.Sequence + (_segment.Has(ControlBits.Syn) ? 1u : 0);
        SeqNum until = from + _segment.PayloadLength;
        bool isWhole = (uint)_segment.CapturedPayload >= _segment.PayloadLength;
        SeqNum delivered = (_sender.Acknowledged - highest > 0) ? _sender.Acknowledged : highest;
        if (!_sender.Has(EndFacts.HasHole))
        {
            SeqNum end = isWhole ? from : until;
            if (from - delivered > 0 || (!isWhole && until - delivered > 0))
            {
                _ledger.Note(ref Page(_end), LedgerNote.HoleStart) = delivered.Value;
                _ledger.Note(ref Page(_end), LedgerNote.HoleEnd) = end.Value;
                _sender.Facts |= EndFacts.HasHole;
            }
        }
        else if (isWhole && from.Value - _ledger.Peek(Page(_end), LedgerNote.HoleStart) is 0 or > int.MaxValue)
        {
            MoveHole(_end, ref _sender, until);
        }
    }

    private void MoveHole(ConnectionEnd end, ref EndTrack track, SeqNum start)
    {
        ref uint holeStart = ref _ledger.Note(ref Page(end), LedgerNote.HoleStart);
        if (start.IsAfter(new(holeStart)))
        {
            holeStart = start.Value;
            if (!start.IsBefore(new(_ledger.Peek(Page(end), LedgerNote.HoleEnd))))
            {
                track.Facts &= ~EndFacts.HasHole;
            }
        }
    }

    private static bool IsClean(ref readonly EndTrack end)
        => end.Zeek == ZeekState.Established || (end.Zeek == ZeekState.Closed && end.ZeekBefore == ZeekState.Established);

    private ref int Page(ConnectionEnd end) => ref EndSlots.Of(ref _connection.Ends, end).MarkCounts;

    /// <summary>False when the letter was written before.</summary>
    private bool WriteOnce(char letter, OnceLetters once)
    {
        if ((_sender.Once & once) != OnceLetters.None)
        {
            return false;
        }

        _sender.Once |= once;
        Write(letter);
        return true;
    }

    /// <summary>At the first, the 10th, the 100th time, and so on.</summary>
    private void WriteScaled(char letter, LedgerNote counter) => WriteScaled(letter, counter, _end);

    private void WriteScaled(char letter, LedgerNote counter, ConnectionEnd whose)
    {
        uint count = ++_ledger.Note(ref Page(whose), counter);
        if (count is 1 or 10 or 100 or 1_000 or 10_000 or 100_000 or 1_000_000)
        {
            _connection.Track.Letters.Add(letter, whose == ConnectionEnd.Originator);
        }
    }

    private void Write(char letter) => _connection.Track.Letters.Add(letter, _end == ConnectionEnd.Originator);
}
