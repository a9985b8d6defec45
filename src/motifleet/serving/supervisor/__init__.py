"""The supervisor: what is desired is in the database, what is there are processes.

A loop makes them equal (`Supervisor`). `Replicas` are those of one deployment: started, watched,
restarted with a back-off, drained. ``line`` is the gateway's process and its routes, ``desired``
what the database says, ``scaling`` how many replicas there should be.
"""
