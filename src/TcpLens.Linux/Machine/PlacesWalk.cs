using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Walks one namespace after the other, and judges what the kernel could not. A namespace that has vanished meanwhile is a blind
/// spot, unless it was the only one.
/// </summary>
internal sealed class PlacesWalk : SocketWalk
{
    private readonly LiveMachine _machine;
    private readonly SocketFilter _filter;
    private readonly bool _tellsLittle;
    private SocketQuery _query;
    private SocketFilter? _rest;
    private int _next;
    private SocketWalk? _current;
    private bool _hasRead;

    public PlacesWalk(LiveMachine machine, SocketQuery query, bool tellsLittle)
    {
        _machine = machine;
        _filter = query.Filter;
        CompiledFilter compiled = Compile(query.Filter);
        _rest = compiled.Rest;
        _query = query with { States = query.States & compiled.States, Bytecode = compiled.Bytecode ?? [] };
        _tellsLittle = tellsLittle && _rest is null;
    }

    public override SocketDetail? Detail => _current?.Detail;

    public override bool Read(out SocketEntry entry)
    {
        while (true)
        {
            _current ??= Open();
            if (_current is null)
            {
                entry = default;
                return false;
            }

            while (ReadCurrent(out entry))
            {
                if (_rest is null || _rest.Matches(in entry, _machine))
                {
                    return true;
                }
            }

            _machine.Finished(_current);
            _current.Dispose();
            _current = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _current?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Most questions have no filter, and then the compiler is not even loaded: it is a tenth of the time to start.</summary>
    private static CompiledFilter Compile(SocketFilter filter) => ReferenceEquals(filter, SocketFilter.Everything)
        ? new CompiledFilter(StateSet.All, null, null)
        : FilterBytecode.Compile(filter, filter.Needs.HasFlag(FilterNeeds.Mark) && Privileges.Current.Has(Capabilities.NetAdmin));

    private bool ReadCurrent(out SocketEntry entry)
    {
        try
        {
            bool more = _current!.Read(out entry);
            _hasRead = true;
            if (more && entry.Namespace == 0)
            {
                entry = entry with { Namespace = _machine.Places[_next - 1].Inode };
            }

            return more;
        }
        catch (SystemCallException refused) when (refused.Errno == Interop.Libc.EINVAL && !_query.Bytecode.IsEmpty && !_hasRead)
        {
            // An older kernel does not know every instruction: it gives all sockets, and we judge them.
            _query = _query with { Bytecode = default };
            _rest = _filter;
            _current!.Dispose();
            _current = _machine.WalkPlace(_machine.Places[_next - 1], _query, tellsLittle: false);
            return ReadCurrent(out entry);
        }
        catch (SystemCallException failure) when (!failure.IsTimeout && _machine.Places.Count > 1)
        {
            _machine.BlindSpots.Add(new BlindSpot($"sockets of namespace {_machine.Places[_next - 1].DisplayName}", failure.Message));
            entry = default;
            return false;
        }
    }

    private SocketWalk? Open()
    {
        while (_query.States != StateSet.None && _next < _machine.Places.Count)
        {
            NetworkNamespace place = _machine.Places[_next++];
            if (_machine.Visit(place, () => _machine.WalkPlace(place, _query, _tellsLittle), out SocketWalk? walk))
            {
                return walk;
            }
        }

        return null;
    }
}
