using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Writes the first line of a snapshot: host, times, counters, settings and everything else around the sockets.</summary>
/// <param name="json">Where it goes.</param>
/// <param name="seen">What was seen.</param>
/// <param name="people">Every process that is named, in the order of its place.</param>
/// <param name="placeOf">The place of one of them.</param>
internal sealed class SnapshotHead(JsonDocumentWriter json, Examination seen, List<ProcessRef> people, Func<ProcessRef, int> placeOf)
{
    private const long NanosecondsPerTick = 100;

    public void Write()
    {
        json.BeginDocument("tcplens.snapshot/1"u8, seen.HostName, seen.Now.TakenAt);
        json.Number("elapsed_ns"u8, seen.Elapsed.Ticks * NanosecondsPerTick);
        json.Number("sockets_before"u8, (long)seen.Before.Sockets.Count);
        json.Number("sockets_now"u8, (long)seen.Now.Sockets.Count);
        WriteNamespace(seen.Namespace);
        WriteCounters();
        WriteSettings(seen.Settings);
        WritePeople();
        WriteProcesses();
        WriteInterfaces();
        WriteRest();
        json.EndDocument();
    }

    private void WriteNamespace(NetworkNamespace place)
    {
        json.BeginObject("netns"u8);
        json.Number("inode"u8, (long)place.Inode);
        json.Texts("names"u8, place.Names);
        json.Text("container"u8, place.Container);
        json.Number("processes"u8, (long)place.Processes);
        json.Flag("is_host"u8, place.IsHost);
        json.Flag("is_own"u8, place.IsOwn);
        if (place.Owner is { } owner)
        {
            json.BeginObject("owner"u8);
            WritePerson(owner);
            json.EndObject();
        }

        json.EndObject();
    }

    /// <summary>Names once, in the order of the second sample; then each sample's values, null where it lacks the name.</summary>
    private void WriteCounters()
    {
        List<string> names = [];
        HashSet<string> known = [];
        foreach (CounterSet counters in (IEnumerable<CounterSet>)[seen.Now.Counters, seen.Before.Counters, .. seen.Moments.Select(static moment => moment.Counters)])
        {
            foreach (CounterName name in counters.Names)
            {
                if (known.Add(name.Text))
                {
                    names.Add(name.Text);
                }
            }
        }

        json.Texts("counter_names"u8, names);
        WriteSample("before"u8, seen.Before, names);
        WriteSample("now"u8, seen.Now, names);
        json.BeginArray("moments"u8);
        foreach (CounterMoment moment in seen.Moments)
        {
            json.BeginObject();
            json.Number("after_ns"u8, moment.After.Ticks * NanosecondsPerTick);
            WriteValues(moment.Counters, names);
            json.EndObject();
        }

        json.EndArray();
    }

    private void WriteSample(ReadOnlySpan<byte> name, Sample sample, List<string> names)
    {
        json.BeginObject(name);
        json.Time("taken_at"u8, sample.TakenAt);
        WriteValues(sample.Counters, names);
        if (sample.Stat is { } stat)
        {
            json.BeginObject("stat"u8);
            json.Number("in_use"u8, stat.InUse);
            json.Number("time_wait"u8, stat.TimeWait);
            json.Number("orphans"u8, stat.Orphans);
            json.Number("allocated"u8, stat.Allocated);
            json.Number("memory_pages"u8, stat.MemoryPages);
            json.Number("in_use_v6"u8, stat.InUseV6);
            json.EndObject();
        }

        json.EndObject();
    }

    private void WriteValues(CounterSet counters, List<string> names)
    {
        json.BeginArray("counters"u8);
        foreach (string name in names)
        {
            json.NumberItem(counters[name]);
        }

        json.EndArray();
    }

    private void WriteSettings(HostSettings settings)
    {
        json.Text("kernel"u8, settings.KernelRelease);
        json.Time("boot_time"u8, settings.BootTime);
        json.Number("page_size_bytes"u8, (long)settings.PageSizeBytes);
        json.Number("processors"u8, (long)settings.Processors);
        json.Number("memory_bytes"u8, settings.MemoryBytes);
        json.BeginObject("settings"u8);
        foreach ((string key, string value) in settings.Values)
        {
            json.Text(key, value);
        }

        json.EndObject();
        json.BeginArray("setting_sources"u8);
        foreach (SettingSource source in seen.SettingSources)
        {
            json.BeginObject();
            json.Text("key"u8, source.Key);
            json.Text("value"u8, source.Value);
            json.Text("path"u8, source.Path);
            json.Number("line"u8, (long)source.Line);
            json.Flag("is_effective"u8, source.IsEffective);
            json.EndObject();
        }

        json.EndArray();
    }

    private void WritePeople()
    {
        json.BeginArray("holders"u8);
        foreach (ProcessRef person in people)
        {
            json.BeginObject();
            WritePerson(person);
            json.EndObject();
        }

        json.EndArray();
    }

    private void WritePerson(ProcessRef person)
    {
        json.Number("pid"u8, (long)person.Pid);
        json.Text("command"u8, person.Command);
        json.Text("cgroup"u8, person.Cgroup);
        json.Number("netns_inode"u8, (long)person.Namespace);
    }

    private void WriteProcesses()
    {
        json.BeginArray("processes"u8);
        foreach (ProcessFacts process in seen.Processes)
        {
            json.BeginObject();
            json.Number("holder"u8, (long)placeOf(process.Process));
            json.Text("state"u8, process.State.ToString());
            json.Text("waits_in"u8, process.WaitsIn);
            json.Text("container"u8, process.Container);
            json.Number("descriptor_limit"u8, process.DescriptorLimit);
            json.Number("descriptor_hard_limit"u8, process.DescriptorHardLimit);
            json.Number("descriptors"u8, process.Descriptors);
            json.Number("descriptors_before"u8, process.DescriptorsBefore);
            json.Number("closed_sockets"u8, process.ClosedSockets);
            json.Number("closed_sockets_before"u8, process.ClosedSocketsBefore);
            json.Flag("closed_sockets_are_at_most"u8, process.ClosedSocketsAreAtMost);
            json.Flag("is_program_replaced"u8, process.IsProgramReplaced);
            json.Number("age_ns"u8, process.Age?.Ticks * NanosecondsPerTick);
            json.EndObject();
        }

        json.EndArray();
    }

    private void WriteInterfaces()
    {
        json.BeginArray("interfaces"u8);
        foreach (InterfaceFacts link in seen.Interfaces)
        {
            json.BeginObject();
            json.Number("index"u8, (long)link.Index);
            json.Text("name"u8, link.Name);
            json.Number("mtu_bytes"u8, (long)link.MtuBytes);
            json.Flag("is_loopback"u8, link.IsLoopback);
            json.Flag("is_up"u8, link.IsUp);
            json.Flag("is_tunnel"u8, link.IsTunnel);
            json.Texts("addresses"u8, link.Addresses.Select(static address => address.ToString()));
            json.EndObject();
        }

        json.EndArray();
    }

    private void WriteRest()
    {
        json.BeginArray("cgroups"u8);
        foreach (CgroupMemory cgroup in seen.Cgroups)
        {
            json.BeginObject();
            json.Text("path"u8, cgroup.Path);
            json.Number("limit_bytes"u8, cgroup.LimitBytes);
            json.Number("socket_bytes"u8, cgroup.SocketBytes);
            json.Text("container"u8, cgroup.Container);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("blind_spots"u8);
        foreach (BlindSpot blind in seen.BlindSpots)
        {
            json.BeginObject();
            json.Text("what"u8, blind.What);
            json.Text("why"u8, blind.Why);
            json.Text("remedy"u8, blind.Remedy);
            json.EndObject();
        }

        json.EndArray();
        json.Texts("sources"u8, seen.Sources);
    }
}
