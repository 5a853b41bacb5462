%%% @doc Paths of packages as people write and read them. Pure.
-module(beamtalk_project_path).

-export([shown/1, beside/2]).

%% @doc Without a `./' that says nothing.
-spec shown(file:filename()) -> file:filename().
shown("./" ++ File) -> shown(File);
shown(File) -> File.

%% @doc A path in the manifest of a directory, from where the directory is named.
-spec beside(file:filename(), file:filename()) -> file:filename().
beside(".", Path) -> shown(Path);
beside(Dir, Path) -> filename:join(Dir, Path).
