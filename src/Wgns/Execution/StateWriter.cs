using System.Text.Json;
using Wgns.Configuration;
using Wgns.Linux.Namespaces;
using Wgns.Observation;

namespace Wgns.Execution;

/// <summary>A record as JSON.</summary>
internal static class StateWriter
{
    internal static void Write(Utf8JsonWriter writer, StateRecord record)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, record.Version);
        writer.WriteString("namespace"u8, record.Namespace);
        writer.WriteString("config"u8, record.Config);
        if (record.Netns is { } netns)
        {
            writer.WriteStartObject("netns"u8);
            Numbers(writer, netns, record.NetnsCookie);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("netns"u8);
        }

        writer.WriteString("holder"u8, record.Holder);
        if (record.Shared is { } shared)
        {
            Write(writer, shared);
        }

        writer.WriteString("rulesetText"u8, record.RulesetText);
        writer.WriteString("rulesetListing"u8, record.RulesetListing);
        Paths(writer, "files", record.Files);
        Paths(writer, "directories", record.Directories);
        Objects(writer, "interfaces", record.Interfaces, i => Interface(writer, i));
        HostLinks(writer, record.HostLinks);
        if (!record.Forwarding.IsEmpty)
        {
            Settings(writer, "forwarding", record.Forwarding);
        }

        if (!record.LinkPorts.IsEmpty)
        {
            LinkPorts(writer, record.LinkPorts);
        }

        if (record.Hooks is { } hooks)
        {
            writer.WriteStartObject("hooks"u8);
            writer.WriteBoolean("pending"u8, hooks.IsPending);
            Commands(writer, "preDown", hooks.PreDown);
            Commands(writer, "postDown", hooks.PostDown);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void HostLinks(Utf8JsonWriter writer, IEnumerable<HostLinkRecord> links) =>
        Objects(writer, "hostLinks", links, link =>
        {
            writer.WriteString("hostIfname"u8, link.Name.HostIfname);
            writer.WriteString("ifname"u8, link.Name.Ifname);
            writer.WriteString("table"u8, link.Name.Table);
            writer.WriteString("rulesText"u8, link.RulesText);
            writer.WriteString("rulesListing"u8, link.RulesListing);
        });

    private static void LinkPorts(Utf8JsonWriter writer, IEnumerable<LinkPortRecord> ports) =>
        Objects(writer, "linkPorts", ports, port =>
        {
            writer.WriteString("protocol"u8, port.Protocol.Word());
            writer.WriteString("listen"u8, port.Listen.ToString());
        });

    private static void Write(Utf8JsonWriter writer, SharedRecord shared)
    {
        writer.WriteStartObject("shared"u8);
        writer.WriteBoolean("raisedLoopback"u8, shared.RaisedLoopback);
        Settings(writer, "sysctls", shared.Sysctls);
        writer.WriteEndObject();
    }

    private static void Settings(Utf8JsonWriter writer, string name, IEnumerable<SysctlRecord> settings) =>
        Objects(writer, name, settings, setting =>
        {
            writer.WriteString("key"u8, setting.Key);
            writer.WriteString("before"u8, setting.Before);
            writer.WriteString("ours"u8, setting.Ours);
        });

    private static void Commands(Utf8JsonWriter writer, string name, IEnumerable<HookCommand> commands) =>
        Objects(writer, name, commands, hook =>
        {
            writer.WriteString("command"u8, hook.Command);
            writer.WriteString("where"u8, hook.Where == HookPlace.Host ? "host"u8 : "namespace"u8);
        });

    private static void Interface(Utf8JsonWriter writer, InterfaceRecord item)
    {
        writer.WriteString("ifname"u8, item.Ifname);
        if (item.Engine is { } engine)
        {
            writer.WriteStartObject("engine"u8);
            writer.WriteString("program"u8, engine.Program);
            writer.WriteString("temporaryName"u8, engine.TemporaryName);
            writer.WriteString("socket"u8, engine.Socket);
            writer.WriteString("log"u8, engine.Log);
            writer.WriteString("symlink"u8, engine.Symlink);
            writer.WriteNumber("pid"u8, engine.Pid);
            writer.WriteNumber("startTime"u8, engine.StartTime);
            writer.WriteString("birthplace"u8, engine.Birthplace);
            Write(writer, engine.Inside);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("engine"u8);
        }

        if (item.Birthplace is { } birthplace)
        {
            writer.WriteStartObject("birthplace"u8);
            writer.WriteString("path"u8, birthplace.Path);
            Numbers(writer, birthplace.Netns, birthplace.Cookie);
            writer.WriteEndObject();
        }
    }

    private static void Objects<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> members)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            members(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter writer, NetnsIdentity netns, ulong? cookie)
    {
        writer.WriteNumber("device"u8, netns.Device);
        writer.WriteNumber("inode"u8, netns.Inode);
        if (cookie is { } number)
        {
            writer.WriteNumber("cookie"u8, number);
        }
    }

    private static void Paths(Utf8JsonWriter writer, string name, IEnumerable<string> paths)
    {
        writer.WriteStartArray(name);
        foreach (var path in paths)
        {
            writer.WriteStringValue(path);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, EngineInside? inside)
    {
        if (inside is null)
        {
            writer.WriteNull("inside"u8);
            return;
        }

        writer.WriteStartObject("inside"u8);
        writer.WriteString("netns"u8, inside.Netns);
        writer.WriteString("ifname"u8, inside.Ifname);
        writer.WriteEndObject();
    }
}
